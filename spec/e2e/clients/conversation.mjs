// What a client and the server say to each other, written against socket.io-client: for Node and for a
// page. client.py and client.groovy say the same with their libraries. Returns what went well, in order.
const kPatience = 10_000;

export async function converse(io, url, transports) {
  const done = [];
  const options = { auth: { name: 'ann' }, forceNew: true, ...(transports && { transports }) };
  const socket = io(url, options);
  try {
    same(await heard(socket, 'auth'), [{ name: 'ann' }]);
    done.push('connects and is known');
    const transport = transports?.[0] ?? 'websocket'; // by default it begins with polling, and upgrades
    if (socket.io.engine.transport.name !== transport) await heard(socket.io.engine, 'upgrade');
    same(socket.io.engine.transport.name, transport);
    done.push('has the transport it wants');

    const words = ['café ☕ \u2028 \ud83d\ude00', 1.5, { a: [true, null] }];
    same(await echo(socket, words), words);
    same(await echo(socket, ['x'.repeat(200_000)]), ['x'.repeat(200_000)]);
    done.push('hears its words again');
    same(bytesOf((await echo(socket, [Uint8Array.from(kBytes)]))[0]), kBytes);
    done.push('hears its bytes again');
    same(await answered(socket, 'message-with-ack', 1, '2', { 3: [false] }), [1, '2', { 3: [false] }]);
    done.push('gets an acknowledgement');
    const [bytes] = await answered(socket, 'message-with-ack', Uint8Array.from(kBytes));
    same(bytesOf(bytes), kBytes);
    done.push('gets an acknowledgement with bytes');
    socket.on('question', (number, reply) => reply(number + 1));
    same(await answered(socket, 'ask-me', 41), [42]);
    done.push('is asked and answers');

    const custom = io(`${url}/custom`, options);
    same(await heard(custom, 'auth'), [{ name: 'ann' }]);
    same(await echo(custom, [7]), [7]);
    custom.close();
    done.push('has another namespace');
    same(await refusal(io, url, { ...options, auth: { token: 'refuse' } }), ['not you', { code: 7 }]);
    same(await refusal(io, `${url}/nowhere`, options), ['Invalid namespace', undefined]);
    done.push('is refused with a reason');

    const goodbye = heard(socket, 'disconnect');
    socket.emit('drop-me');
    same((await goodbye)[0], 'io server disconnect');
    const again = heard(socket, 'auth');
    socket.connect();
    same(await again, [{ name: 'ann' }]);
    done.push('is sent away and comes back');
  } catch (error) {
    done.push(`${error.message}`);
  }
  socket.close();
  return done;
}

const kBytes = Array.from({ length: 300 }, (_, index) => index % 256);

function bytesOf(value) {
  return [...new Uint8Array(value.buffer ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) : value)];
}

function heard(emitter, event) {
  return inTime(event, new Promise((resolve) => emitter.once(event, (...values) => resolve(values))));
}

function echo(socket, values) {
  const back = heard(socket, 'message-back');
  socket.emit('message', ...values);
  return back;
}

function answered(socket, ...values) {
  return inTime(values[0], new Promise((resolve) => socket.emit(...values, (...answer) => resolve(answer))));
}

async function refusal(io, url, options) {
  const socket = io(url, options);
  const [error] = await heard(socket, 'connect_error');
  socket.close();
  return [error.message, error.data];
}

function inTime(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${kPatience} ms: ${what}`)), kPatience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function same(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b?.slice(0, 200)}, got ${a?.slice(0, 200)}`);
}
