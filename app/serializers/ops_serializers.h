#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>

#include "carafe/cluster.h"
#include "carafe/postgres/dead_letters.h"
#include "carafe/postgres/pauses.h"
#include "carafe/postgres/redrives.h"
#include "carafe/trace.h"

// What operators see. Bytes that are not UTF-8 come in base64, in a field of their own.
namespace shop::serializers {

boost::json::object dead_letter(const carafe::postgres::IndexedDeadLetter& dead_letter);
// With headers and payload.
boost::json::object dead_letter_details(const carafe::postgres::IndexedDeadLetter& dead_letter);
boost::json::object dead_letter_cause(const carafe::postgres::DeadLetterCause& cause);
boost::json::object redrive(const carafe::postgres::Redrive& redrive);
// The first `shown` of its items.
boost::json::object redrive_preview(
    const carafe::postgres::RedrivePreview& preview, std::size_t shown
);
boost::json::object topic(const carafe::TopicReport& topic, const carafe::ClusterReport& report);
boost::json::object pause(const carafe::postgres::Pause& pause);
boost::json::object worker_lane(const carafe::postgres::WorkerLane& lane);
// `pauses` are those of all groups.
boost::json::object consumer_group(
    const carafe::GroupReport& group, const std::vector<carafe::postgres::Pause>& pauses
);
boost::json::object trace_hop(const carafe::TraceHop& hop);
boost::json::object topic_record(const carafe::TopicRecord& record);
boost::json::object audit_entry(const carafe::postgres::AuditEntry& entry);

}  // namespace shop::serializers
