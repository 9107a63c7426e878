/** Languages that the official translator accepts: those of googletrans 3.1.0a0. */

const codes =
  "af sq am ar hy az eu be bn bs bg ca ceb ny zh-cn zh-tw co hr cs da nl en eo et tl fi fr fy gl ka de el gu ht ha haw iw " +
  "he hi hmn hu is ig id ga it ja jw kn kk km ko ku ky lo la lv lt lb mk mg ms ml mt mi mr mn my ne no or ps fa pl pt pa " +
  "ro ru sm gd sr st sn sd si sk sl so es su sw sv tg ta te th tr uk ur ug uz vi cy xh yi yo zu";

const names =
  "afrikaans,albanian,amharic,arabic,armenian,azerbaijani,basque,belarusian,bengali,bosnian,bulgarian,catalan,cebuano," +
  "chichewa,chinese,corsican,croatian,czech,danish,dutch,english,esperanto,estonian,filipino,finnish,french,frisian," +
  "galician,georgian,german,greek,gujarati,haitian creole,hausa,hawaiian,hebrew,hindi,hmong,hungarian,icelandic,igbo," +
  "indonesian,irish,italian,japanese,javanese,kannada,kazakh,khmer,korean,kurdish (kurmanji),kyrgyz,lao,latin,latvian," +
  "lithuanian,luxembourgish,macedonian,malagasy,malay,malayalam,maltese,maori,marathi,mongolian,myanmar (burmese),nepali," +
  "norwegian,odia,pashto,persian,polish,portuguese,punjabi,romanian,russian,samoan,scots gaelic,serbian,sesotho,shona," +
  "sindhi,sinhala,slovak,slovenian,somali,spanish,sundanese,swahili,swedish,tajik,tamil,telugu,thai,turkish,ukrainian," +
  "urdu,uyghur,uzbek,vietnamese,welsh,xhosa,yiddish,yoruba,zulu";

const knownCodes = new Set(codes.split(" "));
const knownNames = names.split(",");

/** True for a code, and for a text that has the name of a language in it; in lower case. */
export function knowsLanguage(text: string): boolean {
  return knownCodes.has(text) || knownNames.some((name) => text.includes(name));
}
