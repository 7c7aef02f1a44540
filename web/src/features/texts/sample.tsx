// Comments drawn by chance, to be judged one after the other: labels of them say how well all are read.
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListComments, usePutCommentLabel, type Comment } from '../../api/generated';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { useScope } from '../../state/filters';
import { kTones, type Tone } from './said';

const kLookedAt = 200;
const kShown = 5;

/** Scatters ids, the same way each time, so that what is shown does not jump about. */
export function scattered(id: string): number {
  let hash = 2166136261;
  for (const digit of id) hash = Math.imul(hash ^ digit.charCodeAt(0), 16777619) >>> 0;
  return Math.imul(hash ^ (hash >>> 15), 2246822507) >>> 0;
}

export function drawn(items: Comment[], count: number): Comment[] {
  return items.filter((item) => item.own === null && item.sentiment !== 'unknown').sort((a, b) => scattered(a.event_id) - scattered(b.event_id)).slice(0, count);
}

export function Sample() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutCommentLabel();
  const [judged, setJudged] = useState<string[]>([]);
  const comments = useListComments({ ...query, limit: kLookedAt }, { enabled: ready });
  const shown = useMemo(() => drawn((comments.data?.pages[0]?.items ?? []).filter((item) => !judged.includes(item.event_id)), kShown), [comments.data, judged]);
  const judge = (item: Comment, tone: Tone) => put.mutate({ id: item.event_id, body: { sentiment: tone } }, {
    onSuccess: async () => {
      setJudged((before) => [...before, item.event_id]);
      await invalidate('getTextLearning', 'listTextLabels');
    },
    onError: notice,
  });
  if (shown.length === 0) return null;
  return (
    <div className="section">
      <Panel title={t('learn.sample')} note={t('learn.sample_note')}>
        {shown.map((item) => (
          <article className="comment" key={item.event_id} data-testid="sample">
            <p>{item.pieces.map((piece) => piece.text).join('')}</p>
            <div className="comment-meta">{kTones.map((tone) => <Button key={tone} size="small" disabled={put.isPending} onClick={() => judge(item, tone)}>{t(`texts.${tone}`)}</Button>)}</div>
          </article>
        ))}
      </Panel>
    </div>
  );
}
