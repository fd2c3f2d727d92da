/** Runs in a thread of its own: trains what it is handed, and hands back what came of it. */
import { parentPort, workerData } from "node:worker_threads";
import { carryOut, type TrainingOrder } from "./train-order.ts";

const order: TrainingOrder = workerData;
parentPort?.postMessage(carryOut(order));
