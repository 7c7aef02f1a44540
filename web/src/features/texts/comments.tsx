// The comments behind a number, page by page; as a drawer.
import { Button, Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { useListComments } from '../../api/generated';
import { PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { saveCsv } from '../../format/export';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { CommentItem, type Naming } from './comment';
import { asked, useSaid, type Said } from './said';

export function Comments({ said, name, rows = 30 }: { said: Said; name: Naming; rows?: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const comments = useListComments({ ...query, ...asked(said), limit: rows }, { enabled: ready });
  const items = comments.data?.pages.flatMap((page) => page.items) ?? [];
  const total = comments.data?.pages[0]?.total ?? items.length;
  if (comments.isError) return <ProblemView error={comments.error} retry={() => void comments.refetch()} />;
  if (comments.isPending) return <PanelSkeleton rows={8} />;
  return (
    <>
      <p data-testid="said-total" data-comments={total} style={{ marginTop: 0 }}>{t('texts.total', { n: exact(total, language) })}</p>
      <p className="muted small">{t('texts.marks')}</p>
      {items.map((item) => <CommentItem key={item.event_id} item={item} name={name} />)}
      <div style={{ display: 'flex', gap: 8, marginTop: 12 }}>
        {comments.hasNextPage && <Button loading={comments.isFetchingNextPage} onClick={() => void comments.fetchNextPage()}>{t('common.more')}</Button>}
        {items.length > 0 && (
          <Button onClick={() => saveCsv('comments.csv', items.map((item) => ({
            at: item.at, customer_id: item.customer_id, channel: item.channel, touchpoint: item.touchpoint, language: item.language, sentiment: item.sentiment,
            negative: item.negative, positive: item.positive, aspects: item.aspects.map((aspect) => `${aspect.aspect}:${aspect.sentiment}`).join(' '),
            labels: item.labels.join(' '), team: item.team_en, own: item.own ?? '', text: item.pieces.map((piece) => piece.text).join(''),
          })))}>{t('common.csv')}</Button>
        )}
      </div>
    </>
  );
}

export function CommentsDrawer({ name }: { name: Naming }) {
  const { t } = useTranslation();
  const may = useMay();
  const { said, close } = useSaid();
  return (
    <Drawer open={said !== null} onClose={close} size={Math.min(760, window.innerWidth)} title={said?.title ?? t('texts.comments')} destroyOnHidden closable={{ 'aria-label': t('common.close') }}>
      {said && (may('view_customers') ? <Comments key={JSON.stringify(said)} said={said} name={name} /> : <p>{t('drill.not_allowed')}</p>)}
    </Drawer>
  );
}
