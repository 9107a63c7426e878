/**
 * Real words for titles, comments and lower-case values. The two lists share no word, and none of the evaluation's
 * words occurs in a training domain; a test proves both.
 */

/** Words of training titles. */
export const TRAINING_WORDS: readonly string[] = (
  "silver green quiet early broken golden little narrow bright heavy gentle hidden warm frozen honest rapid simple " +
  "steady tender bitter copper marble paper river mountain window garden bridge letter summer winter road forest mirror " +
  "candle engine kettle basket blanket corner market story picture signal circle square number shadow " +
  "pencil bottle carpet ladder button pocket ribbon saddle tunnel village thunder pepper ginger lemon onion carrot " +
  "apple pear cherry walnut bread butter cheese sugar coffee tea soup noodle rice bean salt review notes plan draft " +
  "budget summary team weekly launch design launchpad survey training strategy report update call dinner party trip " +
  "visit game match concert lesson class test lamp chair table sofa shelf carpenter poem song dance walk ride swim " +
  "night day hour year start end north south east west blue red yellow white black grey pink brown orange purple " +
  "loud soft slow quick late cold old new young tall short long wide deep flat round sharp sweet sour dry wet clean"
)
  .replace("", "")
  .split(" ");

/** Words of the evaluation's titles. */
export const EVALUATION_WORDS: readonly string[] = (
  "crimson velvet hollow distant ancient restless lonely amber ivory scarlet turquoise emerald feather lantern compass " +
  "anchor orchard meadow canyon glacier desert lagoon cavern cathedral fortress castle tower palace carnival parade " +
  "festival ceremony journey voyage pilgrim wanderer stranger guardian shepherd blacksmith weaver potter miller baker " +
  "clover thistle willow cedar maple juniper saffron cinnamon vanilla almond hazel apricot plum quince fig raspberry " +
  "whisper echo riddle legend fable omen dream memory secret promise courage wisdom patience mercy glory sorrow"
).split(" ");
