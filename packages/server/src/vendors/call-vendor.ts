/** A vendor answers within this time, or is asked again with its next call. */
const TIMEOUT_MS = 5_000;
const BYTES_MAX = 64 * 1024;

/** A signing certificate in PEM; null where it cannot be had. Whoever calls has checked that the address is the vendor's. */
export async function fetchCertificate(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    return answer.ok && text.length <= BYTES_MAX ? text : null;
  } catch {
    return null;
  }
}

/** Calls a vendor's own address to say that we want its events. @throws where it does not answer well. */
export async function confirmSubscription(url: string): Promise<void> {
  const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the vendor answered ${answer.status}`);
}
