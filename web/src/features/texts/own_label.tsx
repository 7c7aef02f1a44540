// What a person says a comment is: confirm what was read, or correct it; models learn from both.
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { usePutCommentLabel, useRemoveCommentLabel, type Comment } from '../../api/generated';
import { useProblemNotice } from '../../components/problem';
import { useMay } from '../../state/session';
import { kTones, kToneColour, type Tone } from './said';

export function OwnLabel({ item }: { item: Pick<Comment, 'event_id' | 'own' | 'sentiment'> }) {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutCommentLabel();
  const remove = useRemoveCommentLabel();
  const own = item.own as Tone | null;
  const said = own && <span className="tone" style={{ '--tone': kToneColour[own] } as React.CSSProperties}><i />{t('learn.own', { tone: t(`texts.${own}`) })}</span>;
  if (!may('handle_complaints')) return said;
  const done = async () => {
    void message.success(t('learn.kept'));
    await invalidate('listComments', 'getTextLearning', 'listTextLabels');
  };
  const choose = (key: string) => {
    if (key === 'none') remove.mutate({ id: item.event_id }, { onSuccess: done, onError: notice });
    else put.mutate({ id: item.event_id, body: { sentiment: key as Tone } }, { onSuccess: done, onError: notice });
  };
  return (
    <>
      {said}
      <Dropdown trigger={['click']} menu={{
        onClick: ({ key }) => choose(key),
        items: [
          ...kTones.map((tone) => ({ key: tone, label: tone === item.sentiment ? t('learn.is_right', { tone: t(`texts.${tone}`) }) : t(`texts.${tone}`), disabled: own === tone })),
          ...(own ? [{ key: 'none', label: t('learn.take_back') }] : []),
        ],
      }}>
        <Button size="small" type="text" loading={put.isPending || remove.isPending} data-testid="correct">{t(own ? 'learn.change' : 'learn.correct')}</Button>
      </Dropdown>
    </>
  );
}
