// An application like any other: its consumer writes every record it handles into a ledger, and
// cannot handle those whose cause is in the table `broken`. A program of its own, to be killed.
#include <pqxx/pqxx>
#include <set>

#include "carafe/application.h"
#include "carafe/errors.h"
#include "carafe/postgres/transactional_consumer.h"

namespace {

// Payloads are "cause number".
class LedgerConsumer final : public carafe::postgres::TransactionalConsumer {
public:
    void consume(const carafe::Batch& batch, pqxx::work& tx) override {
        std::set<std::string> broken;
        for (const auto& row : tx.exec("SELECT cause FROM broken")) {
            broken.insert(row[0].as<std::string>());
        }
        for (const carafe::Message& message : batch) {
            const std::string payload(message.payload().value_or(""));
            const std::string cause = payload.substr(0, payload.find(' '));
            if (broken.count(cause) != 0) {
                throw carafe::MessageError(message, cause + " is broken");
            }
            tx.exec_params(
                "INSERT INTO ledger (cause, record, key) VALUES ($1, $2, $3)",
                cause,
                payload,
                std::string(message.key().value_or(""))
            );
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    carafe::Application app("ledger");
    app.consumers([](carafe::Consumers& consumers) {
        consumers.add<LedgerConsumer>("LedgerConsumer");
    });
    return app.run(argc, argv);
}
