import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

/** Second key after `g`. */
export const PLACES = {
  t: { to: "/", label: "Today" },
  c: { to: "/changes", label: "Changes" },
  d: { to: "/decisions", label: "Decisions" },
  r: { to: "/results", label: "Results" },
  h: { to: "/history", label: "History" },
  i: { to: "/import", label: "Import" },
} as const;

const SEQUENCE_MS = 1200;

/** Until when (event time) a key is the second after `g`. Outside React: a screen that opens between the two keys must know of the first. */
let goUntil = 0;

/** Whether a key belongs to what has the focus, or to a dialog, rather than to the page. */
function isTyping(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector('[role="dialog"]') !== null) return true;
  const { target } = event;
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
  );
}

function isPlace(key: string): key is keyof typeof PLACES {
  return key in PLACES;
}

/** Moves the focus to the next or previous row's link of the list on this page. */
function moveFocus(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row-link]")];
  const at = links.findIndex((link) => link === document.activeElement);
  links[at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

/** Keys that work on every screen: `g` and a letter goes somewhere, `j`/`k` move in a list, `?` shows them all. */
export function useShortcuts(showHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      const isSecond = event.timeStamp < goUntil;
      goUntil = 0;
      if (isSecond && isPlace(event.key)) void navigate({ to: PLACES[event.key].to });
      else if (event.key === "g") goUntil = event.timeStamp + SEQUENCE_MS;
      else if (event.key === "j") moveFocus(1);
      else if (event.key === "k") moveFocus(-1);
      else if (event.key === "?") showHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, showHelp]);
}

/** Calls `action` when `key` is pressed and nothing else wants it; null while there is nothing to do. */
export function useKey(key: string, action: (() => void) | null): void {
  useEffect(() => {
    if (action === null) return;
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      if (event.key !== key || event.timeStamp < goUntil) return;
      event.preventDefault();
      action();
    };
    // Before the global keys, which mark what they took as handled.
    window.addEventListener("keydown", press, { capture: true });
    return () => window.removeEventListener("keydown", press, { capture: true });
  }, [key, action]);
}
