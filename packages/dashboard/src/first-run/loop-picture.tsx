const STATIONS = ["Decide", "Observe", "Measure", "Propose", "Approve", "Roll out"];

/** The loop in one line, for those who see it for the first time. */
export function LoopPicture() {
  return (
    <ol className="loop" aria-label="How Ratchet works">
      {STATIONS.map((station, i) => (
        <li key={station}>
          <span className="loop-n">{i + 1}</span>
          {station}
        </li>
      ))}
      <li className="loop-back">and the next decision is better</li>
    </ol>
  );
}
