// What conversation.mjs says, with the Java client: URL [TRANSPORT]. Prints what went well, in order.
import io.socket.client.Ack
import io.socket.client.IO
import io.socket.client.Manager
import io.socket.emitter.Emitter
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.json.JSONArray
import org.json.JSONObject

final PATIENCE_SECONDS = 10
final BYTES = (0..<300).collect { (byte) (it % 256) } as byte[]
final url = args[0]
final transport = args.length > 1 ? args[1] : null

def options = { auth ->
    def builder = IO.Options.builder().setForceNew(true).setAuth(auth)
    if (transport) {
        builder.setTransports([transport] as String[])
    }
    builder.build()
}
def next = { LinkedBlockingQueue ear ->
    def heard = ear.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)
    if (heard == null) {
        throw new IllegalStateException('nothing came in time')
    }
    heard
}
def listen = { emitter, String event ->
    def ear = new LinkedBlockingQueue()
    emitter.on(event, { Object[] values -> ear.add(values as List) } as Emitter.Listener)
    ear
}
// As text, because the classes of org.json know no equality.
def text = { value -> value instanceof byte[] ? Arrays.toString(value) : value instanceof Number ? value.doubleValue().toString() : value.toString() }
def same = { actual, expected ->
    def (a, b) = [actual, expected].collect { it.collect(text).toString() }
    if (a != b) {
        throw new IllegalStateException("expected ${b.take(200)}, got ${a.take(200)}")
    }
}
def answered = { socket, String event, List values ->
    def ear = new LinkedBlockingQueue()
    socket.emit(event, values as Object[], { Object[] answer -> ear.add(answer as List) } as Ack)
    next(ear)
}
def refusal = { String address, auth ->
    def socket = IO.socket(URI.create(address), options(auth))
    def ear = listen(socket, 'connect_error')
    socket.connect()
    def reason = next(ear)
    socket.close()
    reason
}

def socket = IO.socket(URI.create(url), options([name: 'ann']))
try {
    def known = listen(socket, 'auth')
    def back = listen(socket, 'message-back')
    def gone = listen(socket, 'disconnect')
    def transports = new LinkedBlockingQueue()
    socket.io().on(Manager.EVENT_TRANSPORT, { Object[] values -> transports.add(values[0].name) } as Emitter.Listener)
    def echo = { List values ->
        socket.emit('message', values as Object[])
        next(back)
    }
    socket.connect()
    same(next(known), [new JSONObject([name: 'ann'])])
    println 'connects and is known'
    // By default it begins with polling, and upgrades.
    same([next(transports)], [transport ?: 'polling'])
    if (!transport) {
        same([next(transports)], ['websocket'])
    }
    println 'has the transport it wants'
    same(echo(['café ☕ \u2028 \ud83d\ude00', 1.5d, new JSONObject([a: new JSONArray([true, null])])]),
         ['café ☕ \u2028 \ud83d\ude00', 1.5d, new JSONObject([a: new JSONArray([true, null])])])
    same(echo(['x' * 200_000]), ['x' * 200_000])
    println 'hears its words again'
    same(echo([BYTES]), [BYTES])
    println 'hears its bytes again'
    def three = new JSONObject(['3': new JSONArray([false])])
    same(answered(socket, 'message-with-ack', [1, '2', three]), [1, '2', three])
    println 'gets an acknowledgement'
    same(answered(socket, 'message-with-ack', [BYTES]), [BYTES])
    println 'gets an acknowledgement with bytes'
    socket.on('question', { Object[] values -> values[-1].call(values[0] + 1) } as Emitter.Listener)
    same(answered(socket, 'ask-me', [41]), [42])
    println 'is asked and answers'
    def custom = IO.socket(URI.create("$url/custom"), options([name: 'ann']))
    def customKnown = listen(custom, 'auth')
    def customBack = listen(custom, 'message-back')
    custom.connect()
    same(next(customKnown), [new JSONObject([name: 'ann'])])
    custom.emit('message', 7)
    same(next(customBack), [7])
    custom.close()
    println 'has another namespace'
    def reason = refusal(url, [token: 'refuse'])[0]
    same([reason.getString('message'), reason.getJSONObject('data').getInt('code')], ['not you', 7])
    same([refusal("$url/nowhere", [name: 'ann'])[0].getString('message')], ['Invalid namespace'])
    println 'is refused with a reason'
    socket.emit('drop-me')
    same(next(gone), ['io server disconnect'])
    socket.connect()
    same(next(known), [new JSONObject([name: 'ann'])])
    println 'is sent away and comes back'
} catch (Exception error) {
    println "$error"
}
socket.close()
System.exit(0)
