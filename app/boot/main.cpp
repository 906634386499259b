#include <sodium.h>

#include <cstdlib>

#include "app/boot/realtime.h"
#include "app/boot/web.h"
#include "carafe/application.h"
#include "routes/consumers.h"

int main(int argc, char** argv) {
    if (sodium_init() < 0) {
        return EXIT_FAILURE;
    }
    carafe::Application app("shop");
    app.consumers(shop::routes::consumers);
    app.command({"web", "Serve the HTTP API", shop::boot::run_web});
    app.command({"realtime", "Tell browsers what happens, over Socket.IO", shop::boot::run_realtime}
    );
    return app.run(argc, argv);
}
