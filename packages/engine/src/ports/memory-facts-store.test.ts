import { memoryFactsStore } from "./memory-facts-store.ts";
import { specifyFactsStore } from "./facts-store.contract.ts";

specifyFactsStore("memory", async () => ({ store: memoryFactsStore() }), { reopen: "memory keeps nothing" });
