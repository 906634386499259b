#pragma once

#include <boost/beast/core/basic_stream.hpp>

#include "realtime/network_types.h"

// What the two files that include Boost.Beast share.
namespace carafe::realtime {

using TcpStream = boost::beast::basic_stream<Tcp, Executor>;

}  // namespace carafe::realtime
