// A process of its own: a server that does nothing but one durable insert for each request. node bare-insert.mjs <file>; says its port.
import { createServer } from "node:http";
import Database from "better-sqlite3";

const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("create table pings (id integer primary key, at integer, url text, body blob)");
const insert = db.prepare("insert into pings (at, url, body) values (?, ?, ?)");
const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    insert.run(Date.now(), request.url, Buffer.concat(pieces));
    response.end("OK");
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
