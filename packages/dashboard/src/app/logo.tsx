/** A saw tooth that only rises: each step holds before the next. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden focusable="false" className="logo">
      <rect width="22" height="22" rx="6" />
      <path d="M4.5 16.5 8.5 12v4.5L12.5 8.5v8L17.5 5" />
    </svg>
  );
}
