import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { ratchet } from "../api/client.ts";
import { explainError } from "../api/explain-error.ts";
import { sessionQuery } from "../api/queries.ts";
import { Logo } from "../app/logo.tsx";
import { capital } from "../format/words.ts";
import { Notice } from "../parts/notice.tsx";
import { SignInElsewhere } from "./sign-in-elsewhere.tsx";
import "./sign-in.css";

/** Who are you? */
export function SignInPage() {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => ratchet.access.signIn({ email, password }),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  });
  useEffect(() => {
    document.title = "Sign in · Ratchet";
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <main className="sign-in">
      <form className="sign-in-form stack" onSubmit={submit}>
        <h1 className="sign-in-title">
          <Logo />
          Sign in to Ratchet
        </h1>
        <SignInElsewhere />
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.isError ? (
          <Notice tone="bad" title="Not signed in">
            <p>{capital(explainError(signIn.error).detail)}</p>
          </Notice>
        ) : null}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          Sign in
        </Button>
        <p className="small dim">
          Forgotten? An admin gives you a new password: <code>ratchet users password</code>
        </p>
      </form>
    </main>
  );
}
