#pragma once

#include <memory>

#include "carafe/application.h"
#include "carafe/postgres/pool.h"
#include "consumers/worker_services.h"

namespace shop::boot {

// What the worker's consumers work with; made when the worker starts, alive until the program ends.
class WorkerParts {
public:
    void prepare(const carafe::WorkerContext& worker);
    [[nodiscard]] const WorkerServices& services() const { return services_; }

private:
    std::unique_ptr<carafe::postgres::Pool> pool_;
    WorkerServices services_;
};

}  // namespace shop::boot
