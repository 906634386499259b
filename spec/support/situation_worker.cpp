// The worker of the situations: an application like any other, whose consumers do what the payloads
// say ("wait:gate", "fail", "sql:...") and write down in the database what happened. A program of
// its own, to be killed and stopped; the specs steer it by rows (support/situation.h).
#include <sys/socket.h>

#include <csignal>
#include <functional>
#include <map>
#include <pqxx/pqxx>
#include <thread>

#include "carafe/application.h"
#include "carafe/errors.h"
#include "carafe/postgres/transactional_consumer.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;

// The database to write to; known before the first consumer is made.
struct Stage {
    std::string url;
};

// What both kinds of consumer do. One to each consumer, so used by one thread at a time.
class Actor {
public:
    explicit Actor(const Stage& stage) : stage_(stage) {}

    // Before anything else: this call was made.
    void called(const Batch& batch) {
        last_ = {std::string(batch.front().topic()), batch.front().partition()};
        write([&](pqxx::transaction_base& tx) {
            tx.exec_params(
                "INSERT INTO calls (topic, part, first, last, records, attempt, pid)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                last_.first,
                last_.second,
                batch.front().offset(),
                batch.back().offset(),
                batch.size(),
                batch.front().attempt(),
                getpid()
            );
        });
    }

    // Does what the payload says; `own` is what a transactional consumer adds.
    void act(const Batch& batch, const Message& message, pqxx::work* tx) {
        const std::string text(message.payload().value_or(""));
        const std::size_t colon = text.find(':');
        const std::string word = text.substr(0, colon);
        const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
        if (word == "wait") {
            await(argument);
        } else if (word == "sleep") {
            std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(argument)));
        } else if (tx != nullptr) {
            act_in(*tx, word, argument);
        }
        complain(batch, message, word, argument);
    }

    static void handled(const Batch& batch, pqxx::transaction_base& tx) {
        for (const Message& message : batch) {
            if (message.payload() == "mark") {
                continue;
            }
            tx.exec_params(
                "INSERT INTO handled (topic, part, off, key, payload, attempt, pid)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                std::string(message.topic()),
                message.partition(),
                message.offset(),
                text_of(message.key()),
                text_of(message.payload()),
                message.attempt(),
                getpid()
            );
        }
    }

    void write(const std::function<void(pqxx::transaction_base&)>& statements) {
        try {
            if (!connection_) {
                connection_ = std::make_unique<pqxx::connection>(stage_.url);
            }
            pqxx::work tx(*connection_);
            statements(tx);
            tx.commit();
        } catch (const pqxx::broken_connection&) {
            connection_.reset();
            throw;
        }
    }

    void hook(const std::string& name) {
        write([&](pqxx::transaction_base& tx) {
            tx.exec_params(
                "INSERT INTO hooks (name, topic, part, pid) VALUES ($1, $2, $3, $4)",
                name,
                last_.first,
                last_.second,
                getpid()
            );
        });
    }

private:
    static std::optional<std::string> text_of(const std::optional<std::string_view>& bytes) {
        return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
    }

    bool is_open(const std::string& gate) {
        bool found = false;
        write([&](pqxx::transaction_base& tx) {
            found = !tx.exec_params("SELECT 1 FROM gates WHERE name = $1", gate).empty();
        });
        return found;
    }

    void await(const std::string& gate) {
        while (!is_open(gate)) {
            std::this_thread::sleep_for(10ms);
        }
    }

    void act_in(pqxx::work& tx, const std::string& word, const std::string& argument) {
        if (word == "sql") {
            tx.exec(argument);
        } else if (word == "cut" && !is_open(argument + " again")) {
            // Once; the connection goes when the gate opens, whatever is under way on it then.
            open(argument + " again");
            if (is_open(argument)) {
                ::shutdown(tx.conn().sock(), SHUT_RDWR);
                return;
            }
            std::thread([stage = stage_, argument, socket = tx.conn().sock()] {
                Actor other(stage);
                other.await(argument);
                ::shutdown(socket, SHUT_RDWR);
            }).detach();
        }
    }

    void open(const std::string& gate) {
        write([&](pqxx::transaction_base& tx) {
            tx.exec_params("INSERT INTO gates (name) VALUES ($1)", gate);
        });
    }

    void complain(
        const Batch& batch,
        const Message& message,
        const std::string& word,
        const std::string& argument
    ) {
        if (word == "fail" || (word == "fail-until" && !is_open(argument))) {
            throw std::runtime_error("told to fail");
        }
        if (word == "named" || (word == "named-until" && !is_open(argument))) {
            throw MessageError(message, "told to fail, by name");
        }
        if (word == "away-until" && !is_open(argument)) {
            throw TransientError("told that something is away");
        }
        if (word == "garbage") {
            throw UndecodableError(message, "told that it cannot be read");
        }
        if (word == "number") {
            throw 42;
        }
        if (word == "mark") {
            batch.fail(message, "told to be marked");
        }
        if (word == "segfault") {
            raise(SIGSEGV);
        }
    }

    const Stage& stage_;
    std::unique_ptr<pqxx::connection> connection_;
    std::pair<std::string, std::int32_t> last_;
};

class PlainActor final : public Consumer {
public:
    explicit PlainActor(const Stage& stage) : actor_(stage) {}
    void consume(const Batch& batch) override {
        actor_.called(batch);
        for (const Message& message : batch) {
            actor_.act(batch, message, nullptr);
        }
        actor_.write([&](pqxx::transaction_base& tx) { Actor::handled(batch, tx); });
    }
    void revoked() override { actor_.hook("revoked"); }
    void shutdown() override { actor_.hook("shutdown"); }

private:
    Actor actor_;
};

class TransactionalActor final : public postgres::TransactionalConsumer {
public:
    explicit TransactionalActor(const Stage& stage) : actor_(stage) {}
    void consume(const Batch& batch, pqxx::work& tx) override {
        actor_.called(batch);
        for (const Message& message : batch) {
            actor_.act(batch, message, &tx);
        }
        Actor::handled(batch, tx);
        if (batch.back().payload() == "swallow") {
            try {
                tx.exec("SELECT 1 / 0");
            } catch (const pqxx::sql_error&) {
                return;  // what a handler should not do
            }
        }
    }
    void revoked() override { actor_.hook("revoked"); }
    void shutdown() override { actor_.hook("shutdown"); }

private:
    Actor actor_;
};

}  // namespace
}  // namespace carafe

int main(int argc, char** argv) {
    carafe::Stage stage;
    carafe::Application app("situation");
    app.consumers([&](carafe::Consumers& consumers) {
        consumers.add<carafe::PlainActor>("Plain", std::cref(stage));
        consumers.add<carafe::TransactionalActor>("Transactional", std::cref(stage));
    });
    app.on_worker([&](const carafe::WorkerContext& context) {
        stage.url = context.settings.database.url;
    });
    return app.run(argc, argv);
}
