/** HTTP routes, ingestion, jobs and the one composition root. */
export {};
