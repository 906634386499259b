// The official Socket.IO server with its default options, doing what server.cpp does.
import { Server } from 'socket.io';

const io = new Server({ maxHttpBufferSize: 16_384, serveClient: false });
io.on('connection', (socket) => {
  socket.join('all');
  socket.on('broadcast', (text) => io.to('all').emit('news', text));
  socket.on('each', (text) => {
    for (const each of io.sockets.sockets.values()) each.emit('news', text);
  });
});
io.listen(Number(process.argv[2]));
