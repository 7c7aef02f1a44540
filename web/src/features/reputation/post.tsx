// One post: its words with the brands that they name marked, who wrote it where, and how far it went.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Post } from '../../api/generated';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { filterSearch, useScope } from '../../state/filters';
import { webAddress } from './words';

/** Text from outside is only ever a text node: HTML in it is shown, not run. */
export function PostText({ post }: { post: Post }) {
  return <>{post.pieces.map((piece, index) => (piece.brand === null ? <span key={index}>{piece.text}</span> : <mark key={index} className="named-brand">{piece.text}</mark>))}</>;
}

export function PostSource({ post }: { post: Post }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const [params] = useSearchParams();
  const address = webAddress(post.url);
  const numbers = (['followers', 'likes', 'comments', 'shares'] as const).filter((key) => post[key] > 0);
  return (
    <span className="muted small">
      {post.platform && <Tag>{post.platform}</Tag>}
      <Link to={`/customers/${post.customer_id}${filterSearch(params)}`}>{post.author || t('reputation.author')}</Link>
      {' · '}{moment(post.at, language, zone)}
      {numbers.map((key) => <span key={key}>{' · '}{t(`reputation.${key}`, { n: exact(post[key], language) })}</span>)}
      {address && <>{' · '}<a href={address} target="_blank" rel="noopener noreferrer nofollow">{t('reputation.open')}</a></>}
    </span>
  );
}

export function PostItem({ post, extra }: { post: Post; extra?: string }) {
  return (
    <article className="comment" data-testid="post">
      <p><PostText post={post} /></p>
      <PostSource post={post} />{extra && <span className="muted small"> · {extra}</span>}
    </article>
  );
}
