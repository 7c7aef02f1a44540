// An empty state that teaches: what this is, and the one thing to do.
import type { ReactNode } from 'react';

export function Teach({ icon, title, text, action }: { icon: ReactNode; title: string; text: string; action?: ReactNode }) {
  return (
    <div className="teach">
      <div className="art" aria-hidden>{icon}</div>
      <h3>{title}</h3>
      <p>{text}</p>
      {action && <div className="section">{action}</div>}
    </div>
  );
}
