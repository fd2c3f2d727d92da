import { memoryStateStore } from "./memory-state-store.ts";
import { specifyStateStore } from "./state-store.contract.ts";

specifyStateStore("memory", async () => ({ store: memoryStateStore() }), { reopen: "memory keeps nothing" });
