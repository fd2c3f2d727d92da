/** GTM worlds with a known truth, and replay of real logs. */
export {};
