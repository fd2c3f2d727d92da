import { createRatchet, type Ratchet } from "@ratchet/sdk";

/** The server that serves this page. */
export const ratchet: Ratchet = createRatchet({ url: "" });
