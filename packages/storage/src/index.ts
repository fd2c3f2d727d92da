/** The ports, implemented: state, facts and their in-memory references. */
export {};
