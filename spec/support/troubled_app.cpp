// An application whose consumers get into trouble: one that never comes back from a record that
// says so, and one whose effects need a row that others may lock. A program of its own.
#include <future>
#include <pqxx/pqxx>

#include "carafe/application.h"
#include "carafe/postgres/transactional_consumer.h"

namespace {

class Wedging final : public carafe::Consumer {
public:
    void consume(const carafe::Batch& batch) override {
        for (const carafe::Message& message : batch) {
            if (message.payload() == "wedge") {
                std::promise<void>().get_future().wait();
            }
        }
    }
};

class Counting final : public carafe::postgres::TransactionalConsumer {
public:
    void consume(const carafe::Batch& batch, pqxx::work& tx) override {
        tx.exec_params(
            "UPDATE counted SET records = records + $1", static_cast<std::int64_t>(batch.size())
        );
    }
};

}  // namespace

int main(int argc, char** argv) {
    carafe::Application app("troubled");
    app.consumers([](carafe::Consumers& consumers) {
        consumers.add<Wedging>("Wedging");
        consumers.add<Counting>("Counting");
    });
    return app.run(argc, argv);
}
