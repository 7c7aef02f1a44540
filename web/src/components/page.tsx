// The anatomy of a page: title, the sentence that says what it answers, actions; and its panels.
import { Skeleton } from 'antd';
import { useEffect, type ReactNode } from 'react';

export function Page({ title, answers, actions, children }: { title: ReactNode; answers?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    if (typeof title === 'string') document.title = `${title} · Zhike`;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {answers && <p>{answers}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Panel({ title, note, tools, children, className }: {
  title?: ReactNode; note?: ReactNode; tools?: ReactNode; children: ReactNode; className?: string;
}) {
  return (
    <section className={`panel ${className ?? ''}`}>
      {(title || tools) && (
        <div className="panel-head">
          {title && <h2>{title}</h2>}
          {note && <span className="note">{note}</span>}
          {tools && <div className="tools">{tools}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

export function PanelSkeleton({ rows = 6 }: { rows?: number }) {
  return <Skeleton active title={false} paragraph={{ rows }} />;
}
