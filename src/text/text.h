// What customers' words say: texts to classes by linear models over hashed n-grams. No I/O: texts and bytes
// in, values out.
//
//   normalize   a text as models see it         language   Chinese, English or another
//   features    hashed n-grams of a text         labels     how files write positive and negative
//   train       labelled texts to a model        linear     the optimiser below it
//   calibrate   scores to probabilities          evaluate   a model against labels
//   model       classes, weights, card           model_file a model as bytes, and back
//   words       jieba's dictionary as a table   segment    a text as words
//   own_words   words that are not to be cut     keywords   what texts are about: TF-IDF, TextRank
//   topics      groups of texts that speak of the same: word_vectors, topic_fit (a mixture), agreement
//   opinions    what words mean for an opinion   aspects    what is spoken of, well or badly, and why
//   intents     what a text wants and feels, by words
//   comment     one text read whole, and the pieces that say why
//   shipped     the sentiment models that come with the program, and which of them reads a text
#pragma once

#include "text/aspects.h"
#include "text/comment.h"
#include "text/evaluate.h"
#include "text/intents.h"
#include "text/keywords.h"
#include "text/labels.h"
#include "text/model.h"
#include "text/topics.h"
#include "text/train.h"
