// One comment: its words with what they were read for, and how they were read.
import { Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Comment, CommentPiece } from '../../api/generated';
import { ScoreChip } from '../../components/score';
import { moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';
import { OwnAspects } from './own_aspect';
import { OwnLabel } from './own_label';
import { kToneColour, type Tone } from './said';

/** Names of aspects and labels, by key. */
export type Naming = (key: string) => string;

/** Text from customers is only ever a text node: HTML in it is shown, not run. */
function Piece({ piece, name }: { piece: CommentPiece; name: Naming }) {
  const { t } = useTranslation();
  if (piece.is === 'plain') return <>{piece.text}</>;
  const tone = piece.sentiment ?? 'neutral';
  const degree = (value: number) => (value === 1 ? '' : ` · ${t(value > 1 ? 'texts.degree_more' : 'texts.degree_less')}`);
  const words = piece.is === 'opinion' ? t(`texts.opinion_${tone}`) : piece.is === 'aspect' ? `${name(piece.key ?? '')} · ${t(`texts.${tone}`)}` : `${name(piece.key ?? '')}${degree(piece.value ?? 1)}`;
  return <Tooltip title={words}><mark className={`said-${piece.is}`} style={{ '--tone': piece.is === 'label' ? 'var(--accent)' : kToneColour[tone] } as React.CSSProperties}>{piece.text}</mark></Tooltip>;
}

export function ToneTag({ tone, chance }: { tone: Tone | 'unknown'; chance: number | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (tone === 'unknown') return <span className="muted small">{t('texts.unknown')}</span>;
  return <span className="tone" style={{ '--tone': kToneColour[tone] } as React.CSSProperties}><i />{t(`texts.${tone}`)}{chance !== null && <span className="muted small"> {percent(chance, language, 0)}</span>}</span>;
}

export function CommentItem({ item, name }: { item: Comment; name: Naming }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const [params] = useSearchParams();
  const chance = { negative: item.negative, positive: item.positive, neutral: 1 - item.negative - item.positive, unknown: null }[item.sentiment];
  return (
    <article className="comment" data-testid="comment">
      <p>{item.pieces.map((piece, index) => <Piece key={index} piece={piece} name={name} />)}</p>
      <div className="comment-meta">
        <ToneTag tone={item.sentiment} chance={chance} />
        <OwnLabel item={item} />
        <OwnAspects item={item} name={name} />
        {item.labels.map((label) => <Tag key={label} {...(label.startsWith('route.') && { color: 'processing' })}>{name(label)}</Tag>)}
        {item.team_en && <span className="muted small">{t('texts.team', { team: language === 'zh' ? item.team_zh || item.team_en : item.team_en })}</span>}
        {item.score !== null && <ScoreChip score={item.score} instrument={item.instrument} />}
      </div>
      <div className="muted small">
        <Link to={`/customers/${item.customer_id}${filterSearch(params)}`}>{item.customer || t('customer.unnamed')}</Link>
        {' · '}{moment(item.at, language, zone)} · {names.channel(item.channel)}{item.touchpoint && <> · {names.touchpoint(item.touchpoint)}</>}
      </div>
    </article>
  );
}
