#pragma once

#include <string>

#include "kafka/admin.h"
#include "subject.h"

namespace carafe::bench {

// A topic for the length of a benchmark, with the job's number of records in it unless `size`, the
// bytes of a payload, is zero. Gives the job its name. Throws when the broker refuses.
class Topic {
public:
    Topic(Job& job, std::size_t size);
    ~Topic();
    Topic(const Topic&) = delete;
    Topic& operator=(const Topic&) = delete;

private:
    const std::string name_;
    kafka::Admin admin_;
};

}  // namespace carafe::bench
