#pragma once

#include "app/controllers/controller.h"
#include "carafe/postgres/pauses.h"

namespace shop {

// For administrators: holding consumers up, and what they are doing.
class OpsPausesController : public Controller {
public:
    using Controller::Controller;

    Response pause();   // POST /ops/consumer_groups/:group/pause
    Response resume();  // POST /ops/consumer_groups/:group/resume
    Response lanes();   // GET /ops/lanes

private:
    // Throws Problem 404 for a group that karafka.yml does not have.
    [[nodiscard]] std::string group() const;
    [[nodiscard]] Response pauses_of(const std::string& group) const;
};

}  // namespace shop
