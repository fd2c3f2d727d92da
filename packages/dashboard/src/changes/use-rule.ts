import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import type { ChangeView, RejectRequest, UndoRequest } from "@ratchet/protocol";
import { ratchet } from "../api/client.ts";

/** What a person decided about a change. */
export type Ruling =
  | { readonly kind: "approve" | "reject"; readonly body: RejectRequest }
  | { readonly kind: "undo"; readonly body: UndoRequest };

function send(id: string, ruling: Ruling): Promise<ChangeView> {
  if (ruling.kind === "undo") return ratchet.undo(id, ruling.body);
  return ruling.kind === "approve" ? ratchet.approve(id, ruling.body) : ratchet.reject(id, ruling.body);
}

/** Sends a ruling; the answer is the change as it then stands, and everything that shows changes is asked again. */
export function useRule(id: string, onDone: () => void): UseMutationResult<ChangeView, Error, Ruling> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ruling: Ruling) => send(id, ruling),
    onSuccess: async (change) => {
      queries.setQueryData(["change", id], change);
      onDone();
      await Promise.all(
        [["changes"], ["today"], ["ledger"], ["playbook"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
}
