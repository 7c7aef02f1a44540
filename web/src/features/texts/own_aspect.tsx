// What a person says of one aspect of a comment: confirm what was read, correct it, or say that it is not there.
import { App, Dropdown, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { usePutAspectLabel, useRemoveAspectLabel, type Comment, type CommentAspect } from '../../api/generated';
import { useProblemNotice } from '../../components/problem';
import { useMay } from '../../state/session';
import { kTones, kToneColour, type Tone } from './said';

type Wish = Tone | 'absent';

function AspectMenu({ event, aspect, now, own, children }: { event: string; aspect: string; now: Wish; own: boolean; children: React.ReactElement }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutAspectLabel();
  const remove = useRemoveAspectLabel();
  const done = async () => {
    void message.success(t('learn.aspect_kept'));
    await invalidate('listComments', 'getTextAspects', 'getTextSummary', 'getTextLearning', 'listAspectLabels');
  };
  const choose = (key: string) => {
    if (key === 'none') remove.mutate({ id: event, key: aspect }, { onSuccess: done, onError: notice });
    else put.mutate({ id: event, key: aspect, body: { sentiment: key as Wish } }, { onSuccess: done, onError: notice });
  };
  const said = (wish: Wish) => (wish === 'absent' ? t('learn.not_there') : t(`texts.${wish}`));
  return (
    <Dropdown trigger={['click']} disabled={put.isPending || remove.isPending} menu={{
      onClick: ({ key }) => choose(key),
      items: [
        ...[...kTones, 'absent' as const].map((wish) => ({ key: wish, label: wish === now && !own ? t('learn.is_right', { tone: said(wish) }) : said(wish), disabled: own && wish === now })),
        ...(own ? [{ key: 'none', label: t('learn.take_back') }] : []),
      ],
    }}>
      {children}
    </Dropdown>
  );
}

/** The aspects of a comment; those who may correct them can. */
export function OwnAspects({ item, name }: { item: Pick<Comment, 'event_id' | 'aspects' | 'absent'>; name: (key: string) => string }) {
  const { t } = useTranslation();
  const may = useMay();
  const corrects = may('handle_complaints');
  const words = (aspect: CommentAspect) => `${name(aspect.aspect)} · ${t(`texts.${aspect.sentiment}`)}${aspect.own ? ` ✓` : ''}`;
  const tag = (aspect: CommentAspect) => (
    <Tag className="said-tag" style={{ '--tone': kToneColour[aspect.sentiment] } as React.CSSProperties} {...(aspect.own && { title: t('learn.aspect_own') })}>
      {corrects ? <AspectMenu event={item.event_id} aspect={aspect.aspect} now={aspect.sentiment} own={aspect.own}><button type="button" className="link" data-testid="correct-aspect" data-aspect={aspect.aspect}>{words(aspect)}</button></AspectMenu> : words(aspect)}
    </Tag>
  );
  return (
    <>
      {item.aspects.map((aspect) => <span key={aspect.aspect}>{tag(aspect)}</span>)}
      {corrects && item.absent.map((aspect) => (
        <Tag key={aspect} variant="outlined">
          <AspectMenu event={item.event_id} aspect={aspect} now="absent" own><button type="button" className="link muted" data-testid="absent-aspect"><s>{name(aspect)}</s> ✓</button></AspectMenu>
        </Tag>
      ))}
    </>
  );
}
