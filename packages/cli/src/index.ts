/** The ratchet command. */
export {};
