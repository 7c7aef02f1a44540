// A process as nested blocks: a row is in sequence, a column has alternatives or what runs side by side, a loop comes back.
import { useTranslation } from 'react-i18next';
import type { ProcessBlock } from '../../api/generated';

export function ProcessTree({ block, name, onStep }: { block: ProcessBlock; name: (key: string) => string; onStep: (key: string) => void }) {
  const { t } = useTranslation();
  if (block.op === 'step') return <button type="button" className="ptree-step" data-drill="explained" onClick={() => onStep(block.key)}>{name(block.key)}</button>;
  if (block.op === 'silent') return <span className="ptree-silent">{t('journey.skip')}</span>;
  const children = block.children.map((child, at) => <ProcessTree key={`${at}:${child.op}:${child.key}`} block={child} name={name} onStep={onStep} />);
  if (block.op === 'sequence') {
    return <div className="ptree-sequence">{children.map((child, at) => <span key={child.key} className="ptree-next">{at > 0 && <span className="ptree-arrow" aria-hidden="true">→</span>}{child}</span>)}</div>;
  }
  if (block.op === 'loop') {
    const [body, back] = children;
    return (
      <div className="ptree-block" role="group" aria-label={t('journey.op_loop')}>
        <span className="ptree-op">{t('journey.op_loop')}</span>
        {body}
        {block.children[1]?.op !== 'silent' && <div className="ptree-back"><span className="ptree-op">{t('journey.back_by')}</span>{back}</div>}
      </div>
    );
  }
  return (
    <div className="ptree-block" role="group" aria-label={t(`journey.op_${block.op}`)}>
      <span className="ptree-op">{t(`journey.op_${block.op}`)}</span>
      {children}
    </div>
  );
}
