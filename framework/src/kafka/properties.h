#pragma once

#include <map>
#include <string>

namespace carafe::kafka {

// librdkafka's properties by their own names.
using Properties = std::map<std::string, std::string>;

// `base` with every entry of `over` put on top.
Properties merged(Properties base, const Properties& over);

// What every client of ours starts from; the reason for each value is in the source.
const Properties& common_properties();
const Properties& consumer_properties();
const Properties& producer_properties();

}  // namespace carafe::kafka
