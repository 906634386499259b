#include <sodium.h>

#include <cstdlib>

#include "app/boot/payment_sandbox.h"
#include "app/boot/realtime.h"
#include "app/boot/web.h"
#include "app/boot/worker.h"
#include "carafe/application.h"
#include "routes/consumers.h"

int main(int argc, char** argv) {
    if (sodium_init() < 0) {
        return EXIT_FAILURE;
    }
    carafe::Application app("shop");
    shop::boot::WorkerParts worker;
    app.consumers([&worker](carafe::Consumers& consumers) {
        shop::routes::consumers(consumers, worker.services());
    });
    app.on_worker([&worker](const carafe::WorkerContext& context) { worker.prepare(context); });
    app.on_discard(shop::routes::on_discard);
    app.command({"web", "Serve the HTTP API", shop::boot::run_web});
    app.command({"realtime", "Tell browsers what happens, over Socket.IO", shop::boot::run_realtime}
    );
    app.command(
        {"payment-sandbox",
         "Serve a payment gateway that moves no money, for development",
         shop::boot::run_payment_sandbox}
    );
    return app.run(argc, argv);
}
