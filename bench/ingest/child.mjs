// A process of the bench, asked over its IPC channel.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts `file` and waits for its first word. */
export async function startChild(file, args = [], execArgv = []) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv, stdio: ["ignore", 2, 2, "ipc"] });
  const waiting = new Map();
  let lastId = 0;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.on("message", ({ id, answer }) => {
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  void ended.then((status) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with status ${status}`));
  });
  const answered = (id) => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const hello = await answered(0);
  return {
    hello,
    pid: child.pid,
    ask: (ask, argument) => {
      lastId += 1;
      const answer = answered(lastId);
      child.send({ id: lastId, ask, argument });
      return answer;
    },
    stop: async () => {
      if (child.connected) child.send({ ask: "stop" });
      await ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
