"""The words that the names of artists, songs and listeners are made of."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words(
    """
    Amber Ashen Backward Barefoot Borrowed Brittle Bygone Candid Careful Clockwork
    Cobalt Copper Crooked Curious Distant Drowsy Dusty Electric Errant Faithful Fearless
    Feathered Fickle Flickering Folded Forgotten Fragile Gilded Glass Gentle Halfway
    Hidden Hollow Homesick Honest Humming Hushed Idle Indigo Inland Ivory Jagged Kindred
    Lavender Lazy Lonesome Lopsided Lucky Lunar Magnetic Marble Meek Midsummer Mild
    Misplaced Northern Nocturnal Obscure Opal Paisley Pale Patient Peppermint Plastic
    Polite Porcelain Quiet Rainy Reckless Restless Runaway Rusty Saffron Salty Scarlet
    Secondhand Silent Sleepless Slow Solar Sparkling Spare Spiral Stolen Sudden Sugar
    Sunburnt Tangled Tender Tidal Tin Twilight Unlikely Untold Vagrant Violet Wandering
    Weathered Wayward Whispering Wicker Wistful Zigzag
    """
)

NOUNS = _words(
    """
    Acrobat Almanac Anchor Antenna Aquarium Arcade Atlas Avalanche Balcony Ballroom
    Bicycle Blossom Bonfire Boulevard Cabinet Canyon Carousel Cathedral Cinema Circus
    Compass Confetti Constellation Cradle Daydream Departure Diary Dragonfly Echo
    Eclipse Elevator Ember Engine Envelope Escalator Evergreen Factory Ferry Firefly
    Fountain Garden Glacier Gondola Gramophone Greenhouse Gravity Harbor Harvest Horizon
    Hurricane Iceberg Island Juniper Kettle Kingdom Labyrinth Ladder Lagoon Lantern
    Library Lighthouse Lullaby Magnolia Mailbox Meadow Meridian Mirage Mirror Monsoon
    Museum Nightfall Oasis Observatory Orchard Origami Overcoat Painter Paradise
    Passenger Pavement Pendulum Piano Pilgrim Planet Postcard Quarry Railway Raincoat
    Ribbon Riddle River Satellite Shadow Signal Skyline Snowfall Souvenir Staircase
    Station Suitcase Telescope Thunder Tornado Tramway Umbrella Valley Vanilla Veranda
    Volcano Waterfall Weekend Whirlpool Windmill Wonder Yesterday
    """
)

PLURALS = _words(
    """
    Acrobats Almanacs Anchors Astronomers Bakers Balconies Barbers Beacons Botanists
    Bicycles Cartographers Chandeliers Comets Couriers Cousins Cyclists Daydreams
    Detectives Divers Drifters Echoes Elevators Embers Envelopes Farmhands Ferrymen
    Fireflies Foxes Gardeners Geographers Ghostwriters Gondolas Harbors Herons
    Hurricanes Icebergs Jackdaws Jugglers Kettles Kites Lanterns Larks Librarians
    Lighthouses Locksmiths Lullabies Magpies Mariners Matadors Meteors Milkmen Mirrors
    Moths Navigators Neighbors Nomads Orchards Otters Owls Painters Parasols Passengers
    Pelicans Pharmacists Pigeons Pilots Planets Porcupines Postcards Postmen Raccoons
    Ramblers Ravens Riddles Rooftops Satellites Seamstresses Shadows Sisters Skylarks
    Sleepwalkers Souvenirs Sparrows Staircases Stowaways Strangers Suitcases Swimmers
    Tailors Telegrams Tigers Tourists Trapezes Tumbleweeds Typists Umbrellas Vagabonds
    Volcanoes Wallflowers Watchmakers Weathermen Windmills Wolves Zeppelins
    """
)

ENSEMBLES = _words(
    """
    Arcade Assembly Avenue Brigade Cartel Choir Club Collective Committee Company
    Conspiracy Council District Empire Ensemble Exchange Express Foundation League
    Machine Orchestra Parade Parlor Project Quartet Republic Revue Society Syndicate
    Theory Trio Union
    """
)

PLACES = _words(
    """
    Alabama Amarillo Asheville Berlin Boise Brooklyn Cairo Calais Casablanca Chicago
    Dakota Dublin Duluth Fresno Galway Glasgow Harlem Havana Helsinki Jericho Juneau
    Kyoto Laredo Lisbon Madrid Manila Marfa Memphis Montreal Naples Nebraska Omaha Oslo
    Palermo Paris Pasadena Porto Quebec Reno Reykjavik Roanoke Savannah Seville Shanghai
    Tangier Tucson Tulsa Utah Valencia Venice Vienna Warsaw Wichita Yuma
    """
)

VERBS = _words(
    """
    Answer Believe Borrow Break Build Call Carry Chase Climb Count Cross Draw Drop
    Follow Forget Forgive Hold Keep Kiss Learn Leave Lift Light Lose Move Open Paint
    Pull Remember Rescue Sail Send Shake Steal Teach Trust Turn Wake Watch Write
    """
)

GERUNDS = _words(
    """
    Burning Climbing Dancing Dreaming Drifting Driving Falling Floating Flying Hiding
    Humming Laughing Leaving Running Sailing Singing Sinking Skating Sleeping Spinning
    Swimming Talking Turning Waiting Waking Walking Wandering Whistling Yawning
    """
)

TIMES = _words(
    """
    April August Autumn Christmas December Easter February Friday Halloween January July
    June Midnight Monday Morning November October Saturday September Spring Summer
    Sunday Thursday Tonight Tuesday Wednesday Winter
    """
)

SYLLABLES_FIRST = _words(
    """
    Al Bel Bri Cal Cor Dax Del Ela Fen Fjo Gal Hex Ila Jun Kal Kes Lum Mar Mel Mon Nev
    Nim Ori Pel Quin Rav Sol Syl Tam Ul Vel Ver Wyn Xan Yar Zel Zor
    """
)

SYLLABLES_MIDDLE = _words(
    """
    a ba da di e fi ga i ko la li mo na ni o ra ro ta u vi
    """
)

SYLLABLES_LAST = _words(
    """
    bex ca dane dor dra fax len lith lux ma mira nix nova phon ra ris tron vane vo xa
    """
)

WOMEN = _words(
    """
    Abigail Adelaide Aisha Alice Amelia Amy Anika Anna Ariel Audrey Ava Beatrice Bella
    Bianca Camila Carla Cecilia Celeste Chloe Clara Cora Daisy Dalia Daniela Delia Diana
    Edith Elena Eliza Ella Emily Emma Esther Eva Faith Fiona Freya Gemma Georgia Grace
    Greta Hannah Harper Hazel Helen Ida Imani Ines Iris Isabel Ivy Jade Jasmine Jenna
    Joan Josie Julia June Kaya Keira Laila Laura Leah Lena Lila Lina Lucia Lucy Luna
    Mabel Maia Margot Maria Matilda Maya Mia Mila Molly Nadia Naomi Nina Noor Nora Olive
    Olivia Paige Petra Phoebe Priya Quinn Rachel Ramona Rosa Ruby Ruth Sadie Sara Selma
    Sienna Sofia Stella Sylvia Tessa Thea Uma Valerie Vera Willa Yara Zadie Zoe
    """
)

MEN = _words(
    """
    Aaron Abel Adam Adrian Alan Albert Amir Andre Anton Arthur Asher August Axel Ben
    Bruno Caleb Calvin Carlos Cedric Cody Cyrus Damian Daniel Dante Darius David Dean
    Dexter Diego Dominic Dylan Edgar Eli Elias Elliot Emil Enzo Erik Ethan Ezra Felix
    Finn Floyd Gabriel George Gideon Grant Gus Hank Harvey Hector Henry Hugo Ian Isaac
    Ivan Jack Jamal James Jasper Jesse Joel Jonah Jorge Joseph Julian Kai Karl Kevin
    Lars Leo Levi Liam Logan Louis Lucas Luis Luther Marco Marcus Mateo Max Miles Milo
    Nathan Neil Nico Noah Oliver Omar Oscar Otis Otto Owen Paul Percy Quentin Rafael Ray
    Reed Rex Roman Ruben Rufus Ryan Sam Silas Simon Theo Tobias Victor Walter Zane
    """
)

SURNAMES = _words(
    """
    Abbott Acosta Alder Ames Archer Ashby Atwood Baines Barlow Barrett Beckett Bell
    Birch Blackwood Booth Bower Brandt Briggs Burke Cabrera Calloway Carmichael Castillo
    Chandra Chase Chen Cole Conway Cruz Dalton Dawson Delgado Diaz Drake Dunn Ellery
    Ellis Estrada Everett Farrow Ferris Fields Finch Fleming Flores Fox Frost Garner
    Garza Gibbs Goodwin Graves Greer Gupta Hale Hart Holloway Hopper Ibarra Irving
    Jarvis Jensen Keller Kendall Khan Kim Kirby Landry Larkin Lindqvist Lowell Mahoney
    Marlowe Marsh Mercer Merrick Montoya Navarro Nguyen Nolan North Novak Oakley Ochoa
    Orwell Palmer Patel Pemberton Penn Pierce Porter Prescott Quill Radcliffe Ramos
    Reyes Rhodes Rivera Rowe Sandoval Sawyer Sharma Shaw Sinclair Sloane Solis Sterling
    Sutton Tate Thorne Torres Underwood Vale Vance Vega Voss Walsh Ward Webb Whitlock
    Wilder Winslow Wren Yates York Zamora
    """
)

# Every word below has a letter outside ASCII, so every name made of one has too.

ACCENTED_FIRST_NAMES = _words(
    """
    Adélaïde André Åse Aurélie Béatrice Chloé Désirée Élodie François Gaël Günther Inés
    Jérôme Jörg Joaquín José Jürgen Léa Léonie Loïc Lucía Maïté Martín Mónica Noël Núria
    Özlem Pärla René Rubén Sébastien Sofía Søren Thérèse Tomás Verónica Zoë
    """
)

ACCENTED_SURNAMES = _words(
    """
    Ångdahl Béranger Björnfell Bøgelund Castañar Châtelain Cordón Delâtre Dräger
    Espérand Fäldmark Fernándiz Grönvik Guérinel Höllriegl Ibáñal Jørstad Kärnfeldt
    Königsau Lafôret Lindström Márquina Mühlenau Nyström Öberlin Peñarol Quiñal Råsjö
    Rénaudin Sæthren Schönwald Tômasso Ågrensson Valdés Weißdorn Ybáñal Zúñalez
    """
)

ACCENTED_GROUPS = (
    "Café Rêverie",
    "Château Brouillard",
    "Corazón Marino",
    "El Niño Relámpago",
    "Fête Foraine",
    "Forêt Électrique",
    "Grüne Laternen",
    "Hôtel Minuit",
    "Kühle Züge",
    "La Caravana Índigo",
    "Las Cigüeñas",
    "Los Días Raros",
    "Los Pájaros Tímidos",
    "Mañana Club",
    "Nordlys Ødegård",
    "Os Corações Lentos",
    "Petite Planète",
    "Rosa Eléctrica",
    "Schöne Aussicht",
    "Señor Brújula",
    "Søvnløs",
    "Téléphone Rouge",
    "Tiefe Flüsse",
    "Última Estación",
    "Västra Hamnen",
    "Über Mittag",
)

ACCENTED_TITLES = (
    "Adiós Avión",
    "Alegría Ámbar",
    "À Bientôt",
    "Balcón Azul",
    "Canción Número Tres",
    "Corazón de Papel",
    "Déjà Rêvé",
    "Después del Río",
    "Él y la Luna",
    "Été Perdu",
    "Für Immer Blau",
    "Grüße aus dem Süden",
    "Hôtel de la Lune",
    "Jardín de Algodón",
    "Kärlek på Tåg",
    "L'Été Prochain",
    "La Dernière Rivière",
    "Les Fenêtres Légères",
    "Lua de Verão",
    "Más Allá del Andén",
    "Más Lento",
    "Mañana Otra Vez",
    "Midnattståg",
    "Música Lenta",
    "Não Vá Tão Longe",
    "Noche de Algodón",
    "Où Va la Neige",
    "Över Isarna",
    "Pájaro de Sal",
    "Pequeña Estación",
    "Près du Phare",
    "Qué Dirá el Verano",
    "Rêve en Hiver",
    "Rød Måne",
    "Señales de Sal",
    "Schöne Umwege",
    "Sé Que Vendrás",
    "Sueño en Blanco y Añil",
    "Tändstickor",
    "Todavía Llueve",
    "Träume im Regen",
    "Última Página",
    "Un Été à Vélo",
    "Lång Väg Hem",
    "Viento y Café",
    "Vuelvo a Málaga",
)
