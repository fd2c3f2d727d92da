/** Who may do what, as the ledger records it: ids, scopes and roles. Never a key, a password or an address. */
export type AccessEvent =
  | {
      readonly kind: "key.created";
      readonly keyId: string;
      readonly mode: "live" | "test";
      readonly scopes: readonly string[];
      readonly isAgent: boolean;
    }
  /** `overlapMs`: how long the former secret still works. */
  | { readonly kind: "key.rotated"; readonly keyId: string; readonly overlapMs: number }
  | { readonly kind: "key.revoked"; readonly keyId: string }
  /** `user` is the name that the person speaks under, such as `person:ann`. */
  | { readonly kind: "user.created"; readonly user: string; readonly roles: readonly string[] }
  | { readonly kind: "user.roles_set"; readonly user: string; readonly roles: readonly string[] }
  | { readonly kind: "user.password_set"; readonly user: string }
  | { readonly kind: "user.removed"; readonly user: string };
