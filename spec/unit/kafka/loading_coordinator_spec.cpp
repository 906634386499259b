// librdkafka's own mock broker, as a real one is being loaded for milliseconds after its start
// only.
#include <gtest/gtest.h>
// The mock's header wants the other one before it.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "kafka/admin.h"
#include "kafka/client_config.h"
#include "kafka/cluster_reader.h"

namespace carafe::spec {

namespace {

constexpr std::int16_t kOffsetFetch = 9;  // Kafka protocol, api keys

class LoadingCoordinator : public ::testing::Test {
protected:
    LoadingCoordinator() {
        rd_kafka_mock_push_request_errors(
            cluster_.get(),
            kOffsetFetch,
            2,
            RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS
        );
    }

    kafka::ClientPtr client_ =
        kafka::make_client(RD_KAFKA_PRODUCER, kafka::make_conf(kafka::Properties()));
    std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)> cluster_{
        rd_kafka_mock_cluster_new(client_.get(), 1), &rd_kafka_mock_cluster_destroy};
    std::map<std::string, std::string> properties_{
        {"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_.get())}};
};

TEST_F(LoadingCoordinator, is_asked_again_for_the_offsets_of_a_group) {
    kafka::ClusterReader reader(properties_, std::chrono::seconds(10));
    EXPECT_TRUE(reader.committed("somebodys").empty());
}

TEST_F(LoadingCoordinator, is_asked_again_for_the_offset_of_a_partition) {
    const kafka::Admin admin(properties_, std::chrono::seconds(10));
    EXPECT_EQ(admin.committed("somebodys", "t", 0), std::nullopt);
}

}  // namespace

}  // namespace carafe::spec
