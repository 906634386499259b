// What InventoryConsumer does to the database, without a worker and without Kafka: all pending
// orders in batches, on a few connections. bin/bench backlog compares a worker with it. Prints
// {"orders", "seconds"}.
//
//   fulfil_orders BATCH CONNECTIONS      Environment: DATABASE_URL
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <pqxx/pqxx>
#include <string>
#include <thread>
#include <vector>

#include "app/models/fulfilment_records.h"

namespace {

using Ids = std::vector<std::string>;

Ids pending_orders(const std::string& url) {
    pqxx::connection connection(url);
    pqxx::nontransaction tx(connection);
    Ids ids;
    for (const auto& row : tx.exec("SELECT id FROM orders WHERE status = 'pending' ORDER BY id")) {
        ids.emplace_back(row[0].c_str());
    }
    return ids;
}

// Every `step`-th order from `first` on, as a partition has them.
void fulfil(
    const std::string& url, const Ids& ids, std::size_t first, std::size_t step, std::size_t batch
) {
    pqxx::connection connection(url);
    std::vector<shop::OrderCommand> commands;
    for (std::size_t at = first; at < ids.size(); at += step) {
        commands.emplace_back().order_id = ids[at];
        if (commands.size() < batch && at + step < ids.size()) {
            continue;
        }
        pqxx::work tx(connection);
        shop::Fulfilment fulfilment =
            shop::fulfilment_records::lock(tx, commands, shop::Payments::kByConsumer);
        for (const shop::OrderCommand& command : commands) {
            fulfilment.carry_out(command);
        }
        shop::fulfilment_records::save(tx, fulfilment);
        tx.commit();
        commands.clear();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const char* url = std::getenv("DATABASE_URL");
    if (argc != 3 || url == nullptr) {
        std::fprintf(stderr, "usage: DATABASE_URL=... %s BATCH CONNECTIONS\n", argv[0]);
        return 2;
    }
    const auto batch = std::strtoul(argv[1], nullptr, 10);
    const auto connections = std::strtoul(argv[2], nullptr, 10);
    const Ids ids = pending_orders(url);
    const auto start = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (std::size_t first = 0; first < connections; ++first) {
            threads.emplace_back([&, first] { fulfil(url, ids, first, connections, batch); });
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("{\"orders\": %zu, \"seconds\": %.3f}\n", ids.size(), took.count());
    return 0;
}
