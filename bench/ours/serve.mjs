// Our side of a row, or a peer's that is written in JavaScript too, in a process of its own: reads commands from stdin, a line each, and answers with a line each (see worker.mjs).
import { createInterface } from "node:readline";
import { readColumns } from "../columns.mjs";

/** `ours`, or `peers`: another library of the same language. */
const side = process.argv[2] ?? "ours";
let job = null;
let last = null;

process.stdout.write(`ready\tnode ${process.versions.node}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split("\t");
  try {
    process.stdout.write(`${await answer(command, args)}\n`);
  } catch (error) {
    process.stdout.write(`failed\t${String(error.message).replaceAll(/\s+/g, " ")}\n`);
  }
}

async function answer(command, args) {
  if (command === "prepare") {
    const [file, row, folder] = args;
    const rows = await import(`../${side}/${file}.mjs`);
    job = rows[row](readColumns(folder));
    last = job.run();
    return ["answer", job.note?.(last) ?? "", ...job.digest(last)].join("\t");
  }
  if (command === "scale") {
    const { scaled } = await import("./scaled.mjs");
    job = scaled(args[0], Number(args[1]));
    return "answer";
  }
  const times = Number(args[0]);
  const [startedAt, spentBefore] = [performance.now(), process.cpuUsage()];
  for (let k = 0; k < times; k++) last = job.run();
  const spent = process.cpuUsage(spentBefore);
  return `ms\t${command === "spend" ? (spent.user + spent.system) / 1000 : performance.now() - startedAt}`;
}
