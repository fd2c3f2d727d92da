/** Typed client without runtime dependencies. */
export {};
