import { createRatchet, type RatchetApi } from "@ratchet/sdk";

/** The server that serves this page. */
export const ratchet: RatchetApi = createRatchet({ url: "" });
