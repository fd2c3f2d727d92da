/** Wire schemas, error codes and the OpenAPI document. */
export {};
