// Comments that look like complaints: one press opens one; what opens by itself is the business of rules.
import { MessageOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateComplaint, useListComplaintCandidates, type ComplaintCandidate } from '../../api/generated';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { useCategories } from './words';

function Candidate({ one }: { one: ComplaintCandidate }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message } = App.useApp();
  const names = useNames();
  const { name } = useCategories();
  const { zone } = useScope();
  const may = useMay();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const create = useCreateComplaint();
  const open = () => create.mutate({ body: { event: one.event_id } }, {
    onSuccess: async (made) => {
      void message.success(t('complaint.made', { number: made.complaint.number }));
      await invalidate('listComplaintCandidates', 'listComplaints');
    },
    onError: notice,
  });
  return (
    <li style={{ padding: '12px 0', borderTop: '1px solid var(--border)' }}>
      <div>
        <div style={{ overflowWrap: 'anywhere' }}>{one.text}</div>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', marginTop: 6 }}>
          <span className="muted small">{moment(one.at, language, zone)} · {names.channel(one.channel)} · <Link to={`/customers/${one.customer_id}`}>{one.customer || t('customer.unnamed')}</Link></span>
          {one.suggestion && <Tag title={t('complaint.because', { words: one.suggestion.words.join(t('common.list')) })}>{name(one.suggestion.category)} {percent(one.suggestion.confidence, language, 0)}</Tag>}
          <span style={{ flex: 1 }} />
          {one.complaint_id
            ? <Link to={`/complaints/${one.complaint_id}`}>{t('complaint.opened_already')}</Link>
            : may('handle_complaints') && <Button size="small" loading={create.isPending} onClick={open}>{t('complaint.open_from')}</Button>}
        </div>
      </div>
    </li>
  );
}

export function Candidates() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const [all, setAll] = useAddress('all', '');
  const candidates = useListComplaintCandidates({ ...query, limit: 30, ...(all && { all: 'true' }) }, { enabled: ready });
  const items = candidates.data?.pages.flatMap((page) => page.items) ?? [];
  if (candidates.isError) return <ProblemView error={candidates.error} retry={() => void candidates.refetch()} />;
  if (candidates.isPending) return <PanelSkeleton rows={8} />;
  return (
    <Panel title={t('complaint.candidates')} note={t('complaint.candidates_note')} tools={<Checkbox checked={all !== ''} onChange={(event) => setAll(event.target.checked ? '1' : '')}>{t('complaint.candidates_all')}</Checkbox>}>
      {items.length === 0
        ? <Teach icon={<MessageOutlined />} title={t('complaint.no_candidates')} text={t('complaint.no_candidates_text')} />
        : <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>{items.map((one) => <Candidate key={one.event_id} one={one} />)}</ul>}
      {candidates.hasNextPage && <Button style={{ marginTop: 12 }} loading={candidates.isFetchingNextPage} onClick={() => void candidates.fetchNextPage()}>{t('common.more')}</Button>}
    </Panel>
  );
}
