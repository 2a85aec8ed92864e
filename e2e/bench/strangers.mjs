// A process of its own: people without credentials who upload to the configuration restore without an end, and begin again
// when they are cut off. node strangers.mjs <port> <how many>; says on standard output how often they were refused.
import { connect } from "node:net";

const [port, count] = process.argv.slice(2).map(Number);
const UPLOAD_BYTES = 45 * 1024 * 1024;
const BYTES = 64 * 1024;
const PIECE = Buffer.concat([Buffer.from(`${BYTES.toString(16)}\r\n`), Buffer.alloc(BYTES, 120), Buffer.from("\r\n")]);
const HEAD =
  "POST /api/v1/config-backups/restore HTTP/1.1\r\nhost: localhost\r\n" +
  "content-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n";
const answers = {};
let sent = 0;

function upload() {
  const socket = connect(port, "127.0.0.1");
  let left = UPLOAD_BYTES;
  let answer = "";
  const send = () => {
    while (left > 0 && !socket.destroyed) {
      left -= BYTES;
      sent += BYTES;
      if (!socket.write(PIECE)) return void socket.once("drain", send);
    }
  };
  socket.on("connect", () => {
    socket.write(HEAD);
    send();
  });
  socket.on("data", (chunk) => {
    if (answer) return;
    answer = String(chunk).slice(9, 12);
    answers[answer] = (answers[answer] ?? 0) + 1;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => setTimeout(upload, 50));
}

for (let each = 0; each < count; each++) upload();
process.on("SIGTERM", () => {
  process.stdout.write(JSON.stringify({ answers, megabytes: Math.round(sent / 1024 / 1024) }));
  process.exit(0);
});
