// Posts that were seen most; those that repeat one another are one row with their spread.
import { Button, Input, Segmented, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListReputationPosts, type ReputationReport, type SpreadPost } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { saveCsv } from '../../format/export';
import { compact, exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { kTones, kToneColour } from '../texts/said';
import { PostSource, PostText } from './post';
import { useBrandName } from './words';

const kRows = 100;
type Order = 'reach' | 'posts' | 'newest';
type Tone = 'negative' | 'neutral' | 'positive' | 'unknown';

function useColumns(name: (key: string) => string): TableColumnsType<SpreadPost> {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  return useMemo(() => [
    { title: t('reputation.reach'), key: 'reach', align: 'end', width: 90, sorter: (a, b) => a.reach - b.reach, render: (_, one) => <span className="num" title={exact(one.reach, language)}>{compact(one.reach, language)}</span> },
    { title: t('reputation.copies'), key: 'posts', align: 'end', width: 80, sorter: (a, b) => a.posts - b.posts, render: (_, one) => <span className="num">{exact(one.posts, language)}</span> },
    {
      title: t('reputation.post'), key: 'post', render: (_, one) => (
        <div className="comment" style={{ border: 0, padding: 0, minWidth: 260 }} data-testid="spread">
          <p><PostText post={one.post} /></p>
          <PostSource post={one.post} />
          {one.posts > 1 && <span className="muted small"> · {t('reputation.until', { at: moment(one.last, language, zone) })}</span>}
        </div>
      ),
    },
    { title: t('reputation.brand'), key: 'brands', render: (_, one) => one.brands.map((key) => <Tag key={key}>{name(key)}</Tag>) },
    {
      title: t('reputation.sentiment'), key: 'tone', width: 110, sorter: (a, b) => a.negative / a.posts - b.negative / b.posts,
      render: (_, one) => <span className="topic-tones" style={{ minWidth: 80 }} role="img" aria-label={kTones.map((tone) => `${t(`texts.${tone}`)} ${exact(one[tone], language)}`).join(t('common.list'))}>{kTones.map((tone) => one[tone] > 0 && <span key={tone} style={{ flexGrow: one[tone], background: kToneColour[tone] }} />)}</span>,
    },
  ], [t, language, zone, name]);
}

export function Posts({ report }: { report: ReputationReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const name = useBrandName(report.brands);
  const [brand, setBrand] = useAddress('brand', '');
  const [tone, setTone] = useAddress('sentiment', '');
  const [platform, setPlatform] = useAddress('platform', '');
  const [order, setOrder] = useAddress('order', 'reach');
  const [q, setQ] = useAddress('q', '');
  const [typed, setTyped] = useState(q);
  const columns = useColumns(name);
  const platforms = [...new Set(report.brands.flatMap((one) => one.platforms.map((at) => at.platform)))].filter((one) => one !== '').toSorted();
  const known = report.brands.some((one) => one.key === brand) ? brand : '';
  const posts = useListReputationPosts({
    ...query, limit: kRows, order: order as Order, ...(known && { brand: known }), ...(tone && { sentiment: tone as Tone }), ...(platform && { platform }), ...(q && { q }),
  }, { enabled: ready, keep: true });
  const rows = (items: SpreadPost[]) => items.map((one) => ({
    reach: one.reach, posts: one.posts, first: one.first, last: one.last, brands: one.brands.map(name).join(' '), negative: one.negative, neutral: one.neutral, positive: one.positive,
    platform: one.post.platform, author: one.post.author, url: one.post.url, text: one.post.pieces.map((piece) => piece.text).join(''),
  }));
  return (
    <Panel>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', marginBottom: 12 }}>
        <Select aria-label={t('reputation.brand')} allowClear placeholder={t('reputation.brand')} style={{ minWidth: 160 }} value={known || null} onChange={(value: string | null) => setBrand(value ?? '')} options={report.brands.map((one) => ({ value: one.key, label: name(one.key) }))} />
        <Select aria-label={t('reputation.sentiment')} allowClear placeholder={t('reputation.sentiment')} style={{ minWidth: 130 }} value={tone || null} onChange={(value: string | null) => setTone(value ?? '')} options={[...kTones, 'unknown'].map((value) => ({ value, label: t(`texts.${value}`) }))} />
        {platforms.length > 0 && <Select aria-label={t('reputation.platform')} allowClear placeholder={t('reputation.platform')} style={{ minWidth: 130 }} value={platform || null} onChange={(value: string | null) => setPlatform(value ?? '')} options={platforms.map((value) => ({ value, label: value }))} />}
        <Input.Search allowClear style={{ width: 220 }} maxLength={200} value={typed} onChange={(event) => setTyped(event.target.value)} onSearch={(value) => setQ(value.trim())} placeholder={t('reputation.search_posts')} aria-label={t('reputation.search_posts')} />
        <Segmented<Order> value={order as Order} onChange={setOrder} options={(['reach', 'posts', 'newest'] as const).map((value) => ({ value, label: t(`reputation.order_${value}`) }))} />
      </div>
      <Load query={posts} rows={10}>
        {(found) => (
          <>
            <p className="muted small">
              {t('reputation.posts_found', { posts: exact(found.posts, language), texts: exact(found.texts, language) })}{' '}
              {t('reputation.formula', { followers: exact(found.weights.followers, language, 2), likes: exact(found.weights.likes, language, 2), comments: exact(found.weights.comments, language, 2), shares: exact(found.weights.shares, language, 2) })}{' '}
              {found.items.length > 0 && <Button size="small" onClick={() => saveCsv('posts.csv', rows(found.items))}>{t('common.csv')}</Button>}
            </p>
            <Table<SpreadPost> rowKey="event_id" size="small" columns={columns} dataSource={found.items} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} locale={{ emptyText: t('reputation.no_posts') }} />
          </>
        )}
      </Load>
    </Panel>
  );
}
