"""Words that carry no topic: stop words of two languages and of the region, small numbers, keyboard rows.

All in folded form (`text.fold`): no umlauts, no "ae", everything small.
"""

_GERMAN = """
    ab aber ach all alle allem allen aller alles allerdings als also am an andere anderen anderer anderes
    auch auf aus ausserdem bald bei beim bereits besonders bin bis bisher bist bitte da dabei dadurch dafur dagegen
    daher damit danach dann daran darauf daraus darf darfst darin daruber darum darunter das dass davon dazu dein
    deine deinem deinen deiner dem demnachst den denen denn der deren des deshalb dessen dich die dies diese diesem
    diesen dieser dieses dir doch dort du durch durfen durfte eben ebenso eher ei eigentlich ein eine einem einen einer
    eines einfach einige einmal er erst es etwa etwas euch eur eure eurem euren eurer eures fast fur ganz gar
    geben gegen gehen geht gelesen genau gerade gern gerne gesehen gestern gewesen gibt ging gross grosse gut gute
    guten guter hab habe haben habt hat hatte hatten hattet heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem
    ihren ihrer im immer in indem ins irgendwann irgendwas irgendwie irgendwo ist ja je jede jedem jeden jeder jedes
    jemand jetzt jungst kann kannst kaum kein keine keinem keinen keiner klar kommen kommt konkret konnen konnt
    konnte konnten lassen lasst lang lange leider letzte letzten letzter lieb liebe lieber los mach machen macht mal
    man manche mehr mein meine meinem meinen meiner meint mich mir mit mochte mochten muss mussen musst musste nach
    nachdem nachste nachsten naturlich neben nein nicht nichts nie niemand noch nun nur ob oben oder oft ohne okay
    paar richtig sagen sagt schon schreiben sehr seid sein seine seinem seinen seiner seit selbst sich sicher sie sind
    so sogar solche soll sollen sollte sollten sondern sonst soviel sowas sowie statt stimmt tun tut uber
    uberhaupt um und uns unser unsere unserem unseren unserer unter viel viele vielen vielleicht vom von vor vorher
    wann war waren warum was weder weg wegen weil weiss weiter welche welchem welchen welcher welches wem wen wenig
    wenn wer werde werden werdet wessen wie wieder wieso wieviel will wird wirklich wisst wissen wo wobei wodurch
    wofur wohin wohl wolle wollen wollte wollten womit woran woruber worum wozu wurde wurden ziemlich zu zum zur
    zusammen zwar zwischen
    eig eigtl gibts gehts isses gabs hats nen nem ne ner nix ned net halt hallo hi hey servus moin tag morgen abend
    danke dank bitt grusse freundlichen herr frau damen herren geehrte sehr irgentwann irgendwer
    abber aach ans bissel bissje de deet dehaam dehaam derf derfe dess dere do dodefor dat dut
    eener eens eich eier eierm ebbes emol emool en enner ere fer gebbt gebt geh gell gehn gern gfrocht han hann hasch
    hen hot hosch hott ich isch is iss jo kammer kenne kenn kennt ko kum kummt mer mei meim mim mol mool mir mit nimmi
    ob och odder owwer awwer oda sach saan schun schunn sin sinn so uff un unn unser vun vum wann wammer was wie
    anner annere dess do driwwer dut eire eirer emo es feer hedd hett im isses jetz kee ken kenner kinne
    kriegt krieht kann ner net nimmer oder wei wenn werd wer wo wu zamme zwee zwaa ding dings
"""
_ENGLISH = """
    a about actually after again all already also am an and any anyone anything are around as ask at away be because
    been before being but by came can cannot come coming could day dear did do doing dont done for from get gets
    getting give go going good got had hardly has have having he hello help her here hey hi him his how i if im in
    into is isnt it its ive just know let like little look made make many may maybe me might more most much must my
    never no not now of off ok on one only or other our out over own people please quite rather really right said say
    see she should since so some somehow someone something soon still such tell than thank thanks that thats the their
    them then there these they thing things think this those to together too two under until up us use very want was
    way we well went were what whats when where whether which while who whom whose why will with wonder wondering wont
    would yes yet you your yours
    dos duse youre theyre cant couldnt wouldnt doesnt dosnt didnt arent wasnt were weve id ill id
"""
GERMAN = frozenset(_GERMAN.split())
ENGLISH = frozenset(_ENGLISH.split())
STOP_WORDS = GERMAN | ENGLISH

# Words of both lists tell nothing about the language.
TELLS_GERMAN = GERMAN - ENGLISH - {"hallo", "okay", "hen", "ko", "han", "sin", "ding", "feer"}
TELLS_ENGLISH = ENGLISH - GERMAN - {"ok", "ill", "he", "me", "her", "two"}

NUMBERS = {
    "zwei": "2", "two": "2", "zweite": "2", "zweiter": "2", "zweiten": "2", "second": "2",
    "drei": "3", "three": "3", "dritte": "3", "dritter": "3", "dritten": "3", "drittes": "3", "third": "3",
    "vier": "4", "four": "4", "funf": "5", "five": "5", "sechs": "6", "six": "6", "sieben": "7", "seven": "7",
    "acht": "8", "eight": "8", "neun": "9", "nine": "9", "zehn": "10", "ten": "10",
}  # fmt: skip

KEYBOARD_ROWS = ("qwertzuiopu", "asdfghjkloa", "yxcvbnm", "qwertyuiop", "zxcvbnm", "1234567890")
