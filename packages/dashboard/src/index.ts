/** The web app. */
export {};
