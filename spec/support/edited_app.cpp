// An application whose consumers append the payload of every record to a file, one a line; a
// program of its own, whose karafka.yml is edited while it works.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "carafe/application.h"
#include "carafe/postgres/transactional_consumer.h"

namespace {

class Writing final : public carafe::Consumer {
public:
    void consume(const carafe::Batch& batch) override {
        std::string lines;
        for (const carafe::Message& message : batch) {
            lines += std::string(message.payload().value_or("")) + "\n";
        }
        const int file = open(std::getenv("EDITED_LEDGER"), O_WRONLY | O_APPEND | O_CREAT, 0600);
        const bool is_written =
            write(file, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
        close(file);
        if (!is_written) {
            throw std::runtime_error("the ledger cannot be written");
        }
    }
};

class Transactional final : public carafe::postgres::TransactionalConsumer {
public:
    void consume(const carafe::Batch&, pqxx::work&) override {}
};

}  // namespace

int main(int argc, char** argv) {
    carafe::Application app("edited");
    app.consumers([](carafe::Consumers& consumers) {
        consumers.add<Writing>("Writing");
        consumers.add<Writing>("WritingToo");
        consumers.add<Transactional>("Transactional");
    });
    return app.run(argc, argv);
}
